// Package rulesets makes random configurations of rules, ACLs, variables and
// captures, sends the same random requests through HAProxy and through Sluice, and
// compares what the client got, what the server got and what the log says. A seed
// makes a configuration and its requests; -seeds and -first say which are tried.
package rulesets
