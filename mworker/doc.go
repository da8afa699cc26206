// Package mworker makes a server reloadable and crash-proof: a small master
// process that never serves, never parses a configuration and never ends by
// accident, and worker processes that load the configuration, report READY and
// serve. It is the process model of HAProxy's master-worker mode for any Go
// server on Linux.
//
// # What it promises
//
//   - A load that fails, in whatever way and however late, leaves the serving
//     worker untouched.
//   - The master keeps a duplicate of every listening socket of the serving
//     worker. A reload never closes a socket that the new configuration still
//     wants, and connections that wait in the accept queue of a crashed worker
//     are served by its successor.
//   - A worker that crashes is started again from exactly the files, arguments
//     and executable it was started from, whatever happened to them since; a
//     crash loop falls back to the previous good generation.
//   - The master answers queries and signals at all times: nothing that can
//     block (reading files, starting, waiting, writing to workers) happens on
//     its own goroutine.
//   - When the master dies, its workers end at once.
//
// # The worker's side
//
// A worker is the same executable started again with the same arguments. The
// first thing main does is to ask which of the two it is:
//
//	w, err := mworker.Inherited()
//	if err != nil {
//		log.Fatal(err)
//	}
//	if w != nil {
//		runWorker(w)
//	}
//
// The worker loads its configuration from [Worker.Files] (never from the disk:
// these are the bytes that the master read once), takes the listening sockets
// it finds by key with [Worker.Listener], binds the missing ones without
// calling listen(2), tells the master about them with [Worker.Offer], and calls
// [Worker.Ready]. To fail, it exits: the exit status becomes the result of the
// load. From Ready on the master drives it through its [Handler]:
//
//	Serve     call listen(2) and start to accept
//	Drain     stop accepting, finish what was begun, then exit with status 0
//	Pause     refuse connections until Resume
//	Session   serve an administrative connection
//
// Descriptors are plain ints, because listening sockets are shared: os.File.Fd
// would switch the serving worker's socket to blocking mode. For the same reason
// a worker must change nothing (options, backlog, O_NONBLOCK) on a socket it got
// from [Worker.Listener] before Serve is called. A key is the caller's: it
// should hold everything that needs a new socket when it changes, the address
// and the options that only bind time can set.
//
// Until it has exited a worker ends with status 1 as soon as its control channel
// ends, which means that the master is gone.
//
// # The master's side
//
//	m, err := mworker.NewMaster(mworker.Options{
//		Snapshot: readConfiguration,
//		Observer: printEvent,
//	})
//	if err != nil {
//		log.Fatal(err)
//	}
//	os.Exit(m.Run(ctx))
//
// Signals that Run handles, in every state, loading included:
//
//	USR2, HUP    reload
//	USR1         drain: close every listener, end with status 0 when all workers have,
//	             or with that of a worker that crashed meanwhile
//	TERM         stop at once, end with status 0
//	INT          stop at once, end with status 130
//	TTOU, TTIN   pause and resume the serving worker
//	QUIT, PIPE   nothing
//
// A first load that fails ends the master with the worker's status (128 plus the
// signal's number if a signal ended it), or with 1 if the master killed it. Note
// that a Go program that panics, or is sent SIGQUIT from outside, ends with status
// 2 and not by a signal. Of SIGABRT, SIGSEGV and their like, when somebody sends
// them, masters and workers die as a C program does; a worker first writes the
// stacks of all goroutines.
//
// A reload that is asked for while another loads waits for it and is then done
// once for all who asked: each gets the result of a load that read the files
// after it had asked.
//
// # Old workers
//
// A worker that drains is told to end when it has done so for [Policy].DrainTimeout,
// or as the oldest of too many (MaxDraining), or when all workers together take too
// much memory (DrainMemory). A handler that is a [Hurrier] is asked to close what is
// idle first; after DrainGrace the worker gets SIGTERM, and SIGKILL after StopTimeout.
//
// # Hangs and crashes
//
// A worker that serves or drains is asked at intervals whether it lives. If its
// handler is a [Prober], it answers for what the worker serves with; otherwise an
// answer says no more than that the process runs. A worker that does not answer
// for [Policy].HangTimeout gets SIGABRT, and SIGKILL if that does not end it. Time
// is counted in questions, so that a master that was stopped itself accuses nobody.
//
// What the Go runtime says when a worker crashes reaches the master as well; the
// latest crashes are kept ([Master.Crashes]).
//
// # A net/http server
//
// [Worker.Run] is the worker's side for anything that accepts on a net.Listener;
// [ReadFiles] is the simplest Snapshot. examples/mworker-http is a whole program:
//
//	w, err := mworker.Inherited()
//	if err != nil {
//		log.Fatal(err)
//	}
//	if w == nil {
//		m, err := mworker.NewMaster(mworker.Options{Snapshot: mworker.ReadFiles(os.Args[1])})
//		if err != nil {
//			log.Fatal(err)
//		}
//		os.Exit(m.Run(context.Background()))
//	}
//	server := &http.Server{Handler: newHandler(w.Files()[0].Data)}
//	log.Fatal(w.Run(server, ":8080"))
//
// When such a worker drains it answers everybody who connected before, and ends
// the connections with these answers. What net/http cannot promise is a kept
// connection that is idle at that moment: a client that sends on it just then
// has to send again, as HTTP clients do.
//
// # The systemd unit
//
//	[Service]
//	Type=notify
//	NotifyAccess=main
//	ExecStart=/usr/sbin/server /etc/server/server.conf
//	ExecReload=/bin/kill -USR2 $MAINPID
//	KillMode=mixed
//	Restart=always
//	RestartSec=100ms
//	SuccessExitStatus=143
//	OOMPolicy=continue
//
// KillMode=mixed sends SIGTERM to the master only, which stops the workers;
// OOMPolicy=continue leaves a worker that needed too much memory to the master.
//
// mworker does not talk to systemd itself: send READY=1 when the Observer is told
// [EventReady], RELOADING=1 with [EventReloading], STOPPING=1 with
// [EventStopping]. Without that, use Type=exec and leave NotifyAccess out.
//
// To outlive even the death of the master, give systemd copies of the listening
// sockets from [Options.Kept] (FDSTORE=1, with FileDescriptorStoreMax in the
// unit) and pass those it gives back at the next start as [Options.Listeners],
// under the same keys.
//
// # Stability
//
// Master and worker speak a versioned protocol. As the worker is the executable
// that the master opened when it started, both are always of one version; a new
// executable is taken in by a restart of the service.
package mworker
