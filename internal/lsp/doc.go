// Package lsp is the language server for configurations: "sluice lsp", for
// editors, over standard input and output (Language Server Protocol 3.17).
//
// Everything it knows comes from the rows of the tables: diagnostics are those of
// a parse, completion and hover show names, arguments and sentences. It starts
// nothing, looks no name up and listens nowhere; files that a configuration
// names are read relative to the document.
package lsp
