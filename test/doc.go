// Package test examines the program from outside: real processes, real
// sockets, real signals. Its helpers are origin (servers that misbehave on
// demand), load (a client that knows what it sent) and harness (processes,
// command lines, logs, descriptors).
//
// The program under test is bin/sluice, or what SLUICE_PROGRAM names; so the
// tests can be tried on another implementation of the same behaviour. Tests
// marked "Better than the reference" fail there, for the reason they give.
// SOAK=1 makes the counts and the times those of a long run.
package test
