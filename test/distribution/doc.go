// Package distribution sends the same keys through HAProxy and through Sluice
// and compares to which server each of them goes, for every algorithm that
// chooses by something in the request or in turns.
package distribution
