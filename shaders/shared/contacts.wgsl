// The inbox of a cell: two words in `contacts`, at rest 0 and NO_CLAIM. Twin: src/cells/inbox.rs.
// First word: effectors attached (bits 0 to 7), effectors that share the best claim (8 to 11), killed (12), arrested (13), hits (16 to 31).
// Second word: the best claim, lowest first.

const INBOX_WORDS = 2u;
const ONE_ATTACHED = 1u;
const ONE_CONTENDER = 256u;
const IS_KILLED = 4096u;
const ARRESTS = 8192u;
const ONE_HIT = 65536u;
const NO_CLAIM = 0xffffffffu;
// A bond that is wished for, until the claims are settled.
const TENTATIVE = 0x80000000u;

fn attached_in(inbox: u32) -> u32 { return inbox & 255u; }
fn contenders_in(inbox: u32) -> u32 { return (inbox >> 8u) & 15u; }
fn hits_in(inbox: u32) -> u32 { return inbox >> 16u; }
