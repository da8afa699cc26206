// Package packaging holds what distributions get beside the program, and the
// tests of the packages that "make package" builds.
package packaging
