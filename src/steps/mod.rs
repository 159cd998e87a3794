//! A step: the graph of its stages, their twins, and the engines that run them.

pub mod settings;
