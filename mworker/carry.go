package mworker

import (
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// effect carries one effect out. None of them blocks.
func (m *Master) effect(e effect) {
	p := m.processes[e.worker]
	switch e.kind {
	case doSnapshot:
		m.startSnapshot(e.worker, e.generation, e.from)
	case doSpawn:
		m.spawn(e)
	case doVet:
		m.vet(e.worker, e.generation, e.data)
	case doServe:
		m.send(p, frameServe, nil)
	case doDrain:
		if m.sup.stop == stopNot {
			m.send(p, frameReplaced, nil)
		}
		m.drainOnceKept(p, e.keys)
	case doPause:
		m.send(p, framePause, nil)
	case doResume:
		m.send(p, frameResume, nil)
	case doPing:
		m.send(p, framePing, nil)
	case doHurry:
		m.send(p, frameHurry, nil)
	case doMeasure:
		m.measure()
	case doApply:
		m.apply(p, m.processes[e.candidate])
	case doDecline:
		m.decline(p, e.text)
	case doSeal:
		if s := m.snapshots[e.generation]; s != nil {
			s.sealed, m.grown = true, true
		}
	case doSignal:
		if p != nil {
			_ = p.child.Signal(e.signal) // it can only have ended already
		}
	case doKeep:
		if p != nil {
			if s := m.snapshots[p.generation]; s != nil {
				s.sealed, m.grown = true, true
				if s.latest {
					m.want(s.exe)
				}
			}
			m.store.replace(p.offered)
			m.storeChanged()
		}
	case doCloseStore:
		m.store.closeKeys(e.keys)
		m.storeChanged()
	case doForget:
		m.forget(e.generation)
	case doRelease:
		m.release(e.worker)
	case doArm:
		m.arm(timerKey{e.worker, e.timer}, e.after)
	case doDisarm:
		m.disarm(timerKey{e.worker, e.timer})
	case doReply:
		m.reply(e)
	case doEvent:
		m.tell(*e.event)
	case doExit:
		m.ended, m.code = true, e.code
	}
}

// spawn starts a process on a goroutine: execve may have to wait for a disk.
func (m *Master) spawn(e effect) {
	s := m.snapshots[e.generation]
	if s == nil || s.archive == nil {
		m.follow(input{kind: inSpawnFailed, worker: e.worker, text: "the generation's files are gone"})
		return
	}
	o := &launchOrder{
		hello: hello{number: e.worker, generation: e.generation, respawn: e.ok, forced: e.forced,
			check: e.check, again: e.ok || e.from != 0},
		exe: s.exe.hold(), args: m.opts.Args, env: m.opts.Env, archive: s.archive.hold(),
	}
	if m.dir >= 0 {
		o.dir = sys.DescriptorPath(m.dir)
	}
	for _, k := range e.keys {
		if d := m.store[k]; d != nil {
			o.keys, o.given = append(o.keys, k), append(o.given, d.hold())
		}
	}
	if o.hello.again {
		o.hold(s.files)
	}
	if f := m.snapshots[e.former]; f != nil && f.archive != nil && f.exe.id == s.exe.id {
		o.former = &launchOrder{archive: f.archive.hold()}
		o.former.hold(f.files)
	}
	m.logFor(e.worker)
	go func() {
		p, err := launch(o)
		o.release()
		m.post(message{
			call: func() { m.spawned(e.worker, p, err) },
			drop: func() {
				if p != nil {
					p.child.Signal(9)
					p.close()
					p.child.Wait()
				}
			},
		})
	}()
}

func (m *Master) spawned(number int, p *process, err error) {
	if err != nil {
		m.step(input{kind: inSpawnFailed, worker: number, text: "cannot start the worker: " + err.Error()})
		return
	}
	if s := m.snapshots[p.generation]; s != nil {
		p.hash, p.program = s.hash, s.exe.id
	}
	m.processes[number] = p
	p.readers.Add(3)
	go p.readTrace()
	go m.readChannel(p, p.startup, maxPayload, inStartupEOF, m.parseStartup)
	go m.readChannel(p, p.control, maxControlPayload, inControlEOF, parseControl)
	go m.watch(p)
	m.step(input{kind: inSpawned, worker: number, pid: p.child.PID})
	if m.sup.find(number) == nil { // a straggler: nobody will release it
		m.release(number)
	}
}

// send queues a frame of the control channel. A worker that has not read for so
// long that there is no room does not keep the protocol.
func (m *Master) send(p *process, kind frameKind, payload []byte) {
	if p != nil && !p.toControl.push(kind, payload) {
		m.follow(input{kind: inBadFrame, worker: p.number, text: "it does not read its control channel"})
	}
}

// drainOnceKept asks a worker to drain. The listeners that it is the last to
// serve must have no holder by then: as long as one is open the kernel gives it
// connections, also those of a new socket with the same address.
func (m *Master) drainOnceKept(p *process, keys []string) {
	if len(keys) == 0 {
		m.sendDrain(p, keys)
		return
	}
	m.onceKept(func() {
		if p != nil && m.processes[p.number] == p {
			m.sendDrain(p, keys)
		}
	})
}

func (m *Master) sendDrain(p *process, keys []string) {
	lists := chunks(keys)
	if len(lists) == 0 {
		lists = [][]string{nil}
	}
	for i, l := range lists {
		m.send(p, frameDrain, keyList{flag: i < len(lists)-1, keys: l}.append(nil))
	}
}

// release lets go of all that is held for a worker.
func (m *Master) release(number int) {
	for k, t := range m.timers {
		if k.worker == number {
			t.stop()
			delete(m.timers, k)
		}
	}
	delete(m.logs, number)
	if p := m.processes[number]; p != nil {
		delete(m.processes, number)
		m.drop(p)
	}
}

func (m *Master) drop(p *process) {
	p.close()
	p.offered.replace(store{})
}

// timerKey names a timer: worker 0 is the master itself.
type timerKey struct {
	worker int
	kind   timerKind
}

type timer struct {
	*time.Timer
	at time.Time
}

func (t *timer) stop() { t.Stop() }

func (m *Master) arm(k timerKey, after time.Duration) {
	m.disarm(k)
	t := &timer{at: time.Now().Add(after)}
	m.timers[k] = t
	t.Timer = time.AfterFunc(after, func() {
		m.post(message{call: func() {
			if m.timers[k] != t { // disarmed while it was on its way
				return
			}
			delete(m.timers, k)
			m.expired(k)
		}})
	})
}

func (m *Master) disarm(k timerKey) {
	if t := m.timers[k]; t != nil {
		t.stop()
		delete(m.timers, k)
	}
}

func (m *Master) expired(k timerKey) {
	switch k.kind {
	case timerLoad:
		m.step(input{kind: inLoadTimeout, worker: k.worker})
	case timerKill:
		m.step(input{kind: inKillTimeout, worker: k.worker})
	case timerStable:
		m.step(input{kind: inStable, worker: k.worker})
	case timerProbe:
		m.step(input{kind: inProbe, worker: k.worker})
	case timerDrain:
		m.step(input{kind: inDrainTimeout, worker: k.worker})
	case timerMemory:
		m.stepMaster(masterInput{kind: inMeasure})
	case timerRespawn:
		m.stepMaster(masterInput{kind: inRespawn})
	case timerUnserved:
		m.stepMaster(masterInput{kind: inUnserved})
	}
}
