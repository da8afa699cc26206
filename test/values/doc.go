// Package values holds expressions to HAProxy's, in three ways:
//
//   - questions_test.go asks HAProxy and Sluice for the value that each converter
//     makes of each of many inputs, hostile ones included. What a recent HAProxy
//     answers is recorded in testdata/values.txt.
//   - testdata/examples has scenes, each one exchange and what expressions, ACLs and
//     aliases of logs are worth during it: the manual's examples where it gives
//     one. The ledger fails when a row that is built has none.
//   - testdata/wrong.txt has wrong expressions, wrong-said.txt what is said of each.
//
// All compare with Debian's haproxy where that has the row. With REF_HAPROXY, the
// path of a recent one, they compare with that as well, and -update records
// what it says. Where Sluice differs on purpose the reason stands beside it.
package values
