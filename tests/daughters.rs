//! What the two cells of a division get, column by column, as the table of columns says: on the twins and on the adapter.

mod common;

use common::{busy_plan, random_cells, software};
use texpop::cells::Cells;
use texpop::cells::columns::{COLUMNS, Column, Daughters, Storage};
use texpop::engine::cpu::CpuEngine;
use texpop::engine::gpu::GpuEngine;
use texpop::engine::graph::Stage::*;
use texpop::engine::interface::Engine;
use texpop::plan::{Boundary, Geometry, Mechanics};

/// Ends the phase in which a tumour cell of `busy_plan` divides; every column that daughters share has a value.
fn about_to_divide(mut cells: Cells) -> Cells {
    cells.velocity[0] = [0.25, -0.5, 0.75, 0.125];
    cells.motility[0][3] = 1.5;
    let [low, high, kind, bond] = cells.identity[0];
    cells.identity[0] = [low, high, (kind & !0xf0ff) | 1, bond];
    cells.progress[0][0] = 0;
    cells.progress[0][1] = 2 | 5 << 6;
    cells
}

fn value(column: &Column, cells: &Cells, cell: usize) -> f64 {
    cells.value(column, cell)
}

/// The first column in which the daughters are not what the table says.
fn broken(mother: &Cells, daughters: &Cells) -> Option<&'static str> {
    let kept = |column: &&Column| {
        let before = value(column, mother, 0);
        [0, 1].iter().all(|&cell| match column.daughters {
            Daughters::Same => value(column, daughters, cell) == before,
            Daughters::Half => value(column, daughters, cell) == 0.5 * before,
            Daughters::Own => true,
        })
    };
    COLUMNS.iter().find(|column| !kept(column)).map(|column| column.name)
}

fn divided(engine: &mut dyn Engine, cells: &Cells) -> (Cells, Cells) {
    engine.add(cells, false).unwrap();
    engine.step(0, &[AssignVoxels, Scan, Scatter, SortVoxels, Cycle]).unwrap();
    let mother = engine.cells().unwrap();
    engine.step(0, &[Rebuild, Divide]).unwrap();
    (mother, engine.cells().unwrap())
}

#[test]
fn daughters_get_what_the_table_says() {
    let plan = busy_plan(Geometry::Tissue, Boundary::Closed, Mechanics::Potentials, 120.0, 1);
    let many = random_cells(&plan, 0..1, 50, 0);
    let tumour = (0..50).find(|&i| many.identity[i][2] >> 12 & 15 == 0).unwrap();
    let mut cells = Cells::default();
    cells.position.push(many.position[tumour]);
    cells.velocity.push(many.velocity[tumour]);
    cells.motility.push(many.motility[tumour]);
    cells.identity.push(many.identity[tumour]);
    cells.progress.push(many.progress[tumour]);
    let cells = about_to_divide(cells);
    let mut results = vec![divided(&mut CpuEngine::new(&plan, 0..1).unwrap(), &cells)];
    if let Some(gpu) = software() {
        results.push(divided(&mut GpuEngine::new(&gpu, &plan, 0..1, 64).unwrap(), &cells));
    }
    for (mother, daughters) in results {
        assert_eq!((mother.len(), daughters.len()), (1, 2), "the cell has divided");
        assert_eq!(broken(&mother, &daughters), None);
        let divisions = COLUMNS.iter().find(|it| it.name == "divisions").unwrap();
        assert_eq!(
            [0, 1].map(|cell| value(divisions, &daughters, cell)),
            [6.0; 2],
            "both have one division more behind them"
        );
        // The comparison sees a column that is not passed on as the table says.
        for column in COLUMNS.iter().filter(|it| it.daughters != Daughters::Own && it.storage == Storage::Float) {
            let mut wrong = daughters.clone();
            let mut lanes = wrong.take_pack(column.pack);
            lanes[1][column.lane] ^= 1 << 20;
            wrong.set_pack(column.pack, lanes);
            assert_eq!(broken(&mother, &wrong), Some(column.name));
        }
    }
}
