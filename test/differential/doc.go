// Package differential sends odd requests through HAProxy and through Sluice,
// to an origin that writes down what it understood, and compares: two parsers
// that disagree about where a message ends are what request smuggling lives on.
package differential
