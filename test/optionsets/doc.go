// Package optionsets makes random sets of the options of HTTP and TCP proxies, plays
// scripted conversations of clients and servers through HAProxy and through Sluice,
// and compares what the clients got, what each connection of each server got, the
// log, and the counters. A seed makes a site and its conversations; -seeds and -first
// say which are tried.
package optionsets
