package mworker

// makeTable says what every input does to a worker in every state. It is complete:
// a test fails on an empty cell. A row that a later version fills answers
// notOffered, and so does a column.
//
// It is a function's result because the cells reach the table again.
func makeTable() *[numStates][numInputs]cell {
	t := new([numStates][numInputs]cell)
	t[Loading] = row{
		inSnapshot: readyToSpawn, inSnapshotFailed: loadFailsEarly,
		inSpawned: started, inSpawnFailed: loadFailsEarly,
		inVetted: ignore, inVetFailed: ignore, inExited: loadEnds,
		inPhase: progress, inDeadline: extended, inDiscovered: discovered, inOffered: offered,
		inReady: reportsReady, inStartupEOF: closedEarly, inProposed: proposes,
		inServing: hostile, inRefused: hostile, inRetired: hostile, inPong: hostile, inControlEOF: closedEarly,
		inApplied: hostile, inNotApplied: hostile,
		inLog: logged, inBadFrame: hostile,
		inLoadTimeout: loadLate, inKillTimeout: ignore, inStable: ignore, inProbe: ignore, inDrainTimeout: ignore,
		cmdReplaced: abandoned, cmdAbandon: abandoned, cmdDrain: abandoned,
		cmdTerm: stopped, cmdInt: interrupted, cmdPause: pausesLater, cmdResume: resumesLater,
	}.complete()
	t[Checked] = row{
		inSnapshot: ignore, inSnapshotFailed: ignore, inSpawned: ignore, inSpawnFailed: ignore,
		inVetted: beginServing, inVetFailed: refused, inExited: loadEnds,
		inPhase: hostile, inDeadline: hostile, inDiscovered: hostile, inOffered: hostile,
		inReady: hostile, inStartupEOF: ignore, inProposed: hostile,
		inServing: serves, inRefused: refusedToServe, inRetired: hostile, inPong: hostile, inControlEOF: closedEarly,
		inApplied: hostile, inNotApplied: hostile,
		inLog: logged, inBadFrame: hostile,
		inLoadTimeout: loadLate, inKillTimeout: ignore, inStable: ignore, inProbe: ignore, inDrainTimeout: ignore,
		cmdReplaced: abandonedLate, cmdAbandon: abandonedLate, cmdDrain: abandonedLate,
		cmdTerm: stopped, cmdInt: interrupted, cmdPause: pausesLater, cmdResume: resumesLater,
	}.complete()
	t[Ready] = serving(row{cmdPause: pauses, cmdResume: ignore})
	t[Paused] = serving(row{cmdPause: ignore, cmdResume: resumes})
	t[Draining] = row{
		inSnapshot: ignore, inSnapshotFailed: ignore, inSpawned: ignore, inSpawnFailed: ignore,
		inVetted: ignore, inVetFailed: ignore, inExited: leaves,
		inPhase: hostile, inDeadline: hostile, inDiscovered: hostile, inOffered: hostile,
		inReady: hostile, inStartupEOF: ignore, inProposed: hostile,
		inApplied: ignore, inNotApplied: ignore, // crossed a drain of the service
		inServing: ignore, // crossed the drain of an abandoned candidate
		inRefused: ignore, inRetired: closedListeners, inPong: answers, inControlEOF: endSoon,
		inLog: logged, inBadFrame: hostile,
		inLoadTimeout: ignore, inKillTimeout: overdueLeaving, inStable: ignore, inProbe: probes, inDrainTimeout: drainsLate,
		cmdReplaced: ignore, cmdAbandon: ignore, cmdDrain: ignore,
		cmdTerm: terminated, cmdInt: terminated, cmdPause: ignore, cmdResume: ignore,
	}.complete()
	t[Failed] = row{
		inSnapshot: ignore, inSnapshotFailed: ignore, inSpawned: unwanted, inSpawnFailed: loadFailsEarly,
		inVetted: ignore, inVetFailed: ignore, inExited: loadEnds,
		inPhase: ignore, inDeadline: ignore, inDiscovered: ignore, inOffered: ignore,
		inReady: ignore, inStartupEOF: ignore, inProposed: ignore,
		inServing: ignore, inRefused: ignore, inRetired: ignore, inPong: ignore, inControlEOF: ignore,
		inApplied: ignore, inNotApplied: ignore,
		inLog: logged, inBadFrame: ignore,
		inLoadTimeout: ignore, inKillTimeout: overdueFailed, inStable: ignore, inProbe: ignore, inDrainTimeout: ignore,
		cmdReplaced: ignore, cmdAbandon: ignore, cmdDrain: ignore,
		cmdTerm: ignore, cmdInt: ignore, cmdPause: ignore, cmdResume: ignore,
	}.complete()
	t[Gone] = all(ignore)
	t[Gone][inSpawned] = straggler
	for _, later := range []State{Probation, Canary} {
		t[later] = all(notOffered)
	}
	return t
}

// row is one state's cells.
type row [numInputs]cell

// complete fills the columns that a later version offers. It fills nothing
// else: a cell forgotten stays empty, and the test finds it.
func (r row) complete() row {
	for _, in := range []inputKind{cmdProbation, cmdCanary} {
		r[in] = notOffered
	}
	return r
}

// serving is the row of a worker that owns the listeners; cells that differ
// between ready and paused come with special.
func serving(special row) row {
	r := row{
		inSnapshot: ignore, inSnapshotFailed: ignore, inSpawned: ignore, inSpawnFailed: ignore,
		inVetted: ignore, inVetFailed: ignore, inExited: crashes,
		inPhase: hostile, inDeadline: hostile, inDiscovered: hostile, inOffered: hostile,
		inReady: hostile, inStartupEOF: ignore, inProposed: hostile,
		inServing: hostile, inRefused: hostile, inRetired: hostile, inPong: answers, inControlEOF: endSoon,
		inApplied: applied, inNotApplied: notApplied,
		inLog: logged, inBadFrame: hostile,
		inLoadTimeout: ignore, inKillTimeout: overdue, inStable: stable, inProbe: probes, inDrainTimeout: ignore,
		cmdReplaced: replaced, cmdAbandon: ignore, cmdDrain: drains,
		cmdTerm: terminated, cmdInt: terminated,
	}.complete()
	for i, c := range special {
		if c != nil {
			r[i] = c
		}
	}
	return r
}

func all(c cell) (r row) {
	for i := range r {
		r[i] = c
	}
	return r
}
