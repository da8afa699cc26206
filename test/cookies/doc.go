// Package cookies sends requests with and without persistence cookies through
// HAProxy and through Sluice, to servers that set cookies themselves, and compares
// all that both sides and the log see.
package cookies
