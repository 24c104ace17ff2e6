//! The API as its clients meet it: a real listener, a real database, real WebSockets; the clock is
//! simulated and the media server is a stand-in that writes down what it is told.

mod annotations;
mod auth;
mod cobrowse;
mod cobrowse_moves;
mod cobrowse_start;
mod codes;
mod film;
mod harness;
mod join;
mod logs;
mod media;
mod pages;
mod sessions;
mod snapshots;
mod socket;
