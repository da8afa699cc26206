package mworker

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// Generation is a load that was asked for, and what became of it.
type Generation struct {
	Number  int
	Asked   time.Time
	Took    time.Duration // until it was decided
	By      string        // who asked
	From    int           // the generation that was loaded again; 0: the files were read
	InPlace bool          // the worker that served has changed
	Result  LoadResult
	Reason  string // why it failed, or serves no more
	Hash    string // WorkerInfo.Hash
	Size    int64  // of all its files, as they are kept
	Files   int    // how many there are
	Kept    bool   // it can be loaded again, and looked at
	// Partial is set when not all of its files are kept; those of the disk take
	// their place.
	Partial bool
}

// LoadResult is what became of a load.
type LoadResult string

const (
	LoadUnderWay   LoadResult = "loading"
	LoadServing    LoadResult = "serving"
	LoadSuperseded LoadResult = "superseded" // it served
	LoadFailed     LoadResult = "failed"
	LoadChecked    LoadResult = "checked"
	LoadCrashed    LoadResult = "crashed" // it served, and was given up for that
)

// maxHistory bounds how many loads are told of.
const maxHistory = 100

// note keeps the history by the events of loads.
func (m *Master) note(e *Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	if e.Kind == EventReloading {
		m.history = append(m.history, Generation{Number: e.Generation, Asked: now, By: e.By, From: e.From, Result: LoadUnderWay})
		if n := len(m.history) - maxHistory; n > 0 {
			m.history = slices.Delete(m.history, 0, n)
		}
		return
	}
	g := m.generation(e.Generation)
	if g == nil {
		return
	}
	decided := func(r LoadResult) {
		if g.Result == LoadUnderWay {
			g.Took = now.Sub(g.Asked)
		}
		g.Result = r
	}
	switch e.Kind {
	case EventReady:
		for i := range m.history {
			if m.history[i].Result == LoadServing {
				m.history[i].Result = LoadSuperseded
			}
		}
		decided(LoadServing)
		g.Reason = ""
	case EventApplied:
		for i := range m.history {
			if m.history[i].Result == LoadServing {
				m.history[i].Result = LoadSuperseded
			}
		}
		decided(LoadServing)
		g.InPlace = true
	case EventChecked:
		decided(LoadChecked)
	case EventFailed:
		if !e.Respawn {
			decided(LoadFailed)
			if g.Reason = e.Text; g.Reason == "" {
				g.Reason = "the worker " + e.Status.String()
			}
		}
	case EventFallback: // to e.Generation; what was tried last is given up
		for i := range m.history {
			if h := &m.history[i]; h.Result == LoadServing {
				h.Result, h.Reason = LoadCrashed, "its workers crashed again and again"
			}
		}
	}
}

func (m *Master) generation(number int) *Generation {
	for i := range m.history {
		if m.history[i].Number == number {
			return &m.history[i]
		}
	}
	return nil
}

// Generations describes the latest loads, at most 100, oldest first.
func (m *Master) Generations() []Generation {
	m.mu.Lock()
	list := slices.Clone(m.history)
	m.mu.Unlock()
	m.within(func() {
		for i := range list {
			g := &list[i]
			s := m.snapshots[g.Number]
			if s == nil || s.archive == nil {
				continue
			}
			g.Hash, g.Size, g.Partial = s.hash, s.size, s.partial
			g.Kept = slices.Contains(m.sup.good, g.Number)
			g.Files = len(s.files) + s.named
		}
	})
	return list
}

// within runs f on Run's goroutine and waits for it; false: Run has ended.
func (m *Master) within(f func()) bool {
	done := make(chan struct{})
	if !m.ask(func() { f(); close(done) }) {
		return false
	}
	select {
	case <-done:
		return true
	case <-m.done:
		return false
	}
}

// FileInfo describes a file of a generation.
type FileInfo struct {
	Name   string
	Size   int64
	Sum    string // SHA-256, hexadecimal; "" of the files that the master read
	Absent bool   // it was looked for, and not there
}

// ErrNotKept is returned for a generation or a file of it that is not kept.
var ErrNotKept = errors.New("mworker: not kept")

// FilesOf lists the files of a kept generation: first those that the master read,
// in their order, then those that the load read, by name.
func (m *Master) FilesOf(generation int) ([]FileInfo, error) {
	k, err := m.keptFiles(generation)
	if err != nil {
		return nil, err
	}
	defer k.release()
	files, err := k.read()
	if err != nil {
		return nil, err
	}
	var list []FileInfo
	for _, f := range files {
		list = append(list, FileInfo{Name: f.Name, Size: int64(len(f.Data))})
	}
	for _, name := range slices.Sorted(maps.Keys(k.files)) {
		info := FileInfo{Name: name, Absent: k.files[name] == nil}
		if c := k.files[name]; c != nil {
			info.Size, info.Sum = c.size, c.sum.String()
		}
		list = append(list, info)
	}
	return list, nil
}

// FileOf returns the bytes of a file of a kept generation.
func (m *Master) FileOf(generation int, name string) ([]byte, error) {
	k, err := m.keptFiles(generation)
	if err != nil {
		return nil, err
	}
	defer k.release()
	if c, ok := k.files[name]; ok {
		if c == nil {
			return nil, fs.ErrNotExist
		}
		return sys.ReadSealed(c.fd.fd, c.size)
	}
	files, err := k.read()
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if f.Name == name {
			return bytes.Clone(f.Data), nil
		}
	}
	return nil, ErrNotKept
}

// keptFiles holds what is kept of a generation, for another goroutine.
type keptFiles struct {
	archive *descriptor
	files   map[string]*content
	holds   []*descriptor
}

func (m *Master) keptFiles(generation int) (k *keptFiles, err error) {
	m.within(func() {
		s := m.snapshots[generation]
		if s == nil || s.archive == nil {
			return
		}
		k = &keptFiles{archive: s.archive, files: map[string]*content{}, holds: []*descriptor{s.archive.hold()}}
		for name, c := range s.files {
			if c != nil {
				copied := *c
				k.holds = append(k.holds, c.fd.hold())
				c = &copied
			}
			k.files[name] = c
		}
	})
	if k == nil {
		return nil, ErrNotKept
	}
	return k, nil
}

func (k *keptFiles) release() { releaseAll(k.holds) }

func (k *keptFiles) read() ([]File, error) {
	b, err := sys.ReadSealed(k.archive.fd, 1<<40)
	if err != nil {
		return nil, err
	}
	return parseFiles(b)
}

// overBudget reports whether good generations beyond the last have to go.
func (m *Master) overBudget() bool {
	if !m.grown || m.sup.reload != nil {
		return false
	}
	size := m.contents.size()
	counted := map[*descriptor]bool{}
	for _, s := range m.snapshots {
		if s.archive != nil && !counted[s.archive] {
			counted[s.archive] = true
			size += s.archived
		}
	}
	m.grown = size > m.sup.policy.HistoryBytes && len(m.sup.good) > 1
	return m.grown
}
