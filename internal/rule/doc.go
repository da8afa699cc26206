// Package rule compiles and runs what a proxy is told to do with connections
// and messages: ACLs and conditions (configuration manual, chapters 7.1, 7.2
// and 7.4), the actions of chapter 4.4, redirect and use_backend.
//
// Every action is a row; one without a parse function is known but not built
// yet and is refused by name. Rules are compiled while the configuration is
// read, so that errors carry their line; running a Set takes no name lookup
// and, except for regular expressions that match, no allocation.
package rule
