// Package values asks HAProxy and Sluice for the value that each converter makes
// of each of many inputs, hostile ones included, and compares.
package values
