// Package sluice is the root of the Sluice load balancer: see cmd/sluice for
// the program, mworker for the public master-worker library, and
// doc/architecture.md for how the parts fit.
package sluice
