package stream

import (
	"sync"
	"time"
)

// Block keeps the first thread, or all, from turning for so long, asleep or at
// work ("debug dev delay" and "loop"), and returns when that is over. It shows what
// a mistake in a handler would do.
func (e *Engine) Block(d time.Duration, all, asleep bool) {
	threads := e.threads[:1]
	if all {
		threads = e.threads
	}
	var over sync.WaitGroup
	for _, t := range threads {
		over.Add(1)
		block := func() {
			defer over.Done()
			if asleep {
				time.Sleep(d)
				return
			}
			for end := time.Now().Add(d); time.Now().Before(end); {
			}
		}
		if !t.Post(block) {
			over.Done() // it has ended
		}
	}
	over.Wait()
}
