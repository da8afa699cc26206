// Package verdict compares what "-c" says of many small configurations with
// what HAProxy of the distribution says.
//
// testdata/cases.txt has the configurations, testdata/reasons.txt why some are
// judged differently on purpose, testdata/differences.txt every one that is. The
// test fails when that list is not what the programs say, when a difference has
// no reason, and when a reason fits nothing:
//
//	go test ./test/verdict -update
//
// rewrites the list.
package verdict
