// Satchel is a HubSpot CRM that a sales rep carries along. This file only hands
// over to internal/cli, with the window as a function, so that nothing else has
// to know which build this is.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // the portal's time zone, on systems without a database of them

	"satchel/internal/cli"
)

func main() { os.Exit(run()) }

func run() int {
	if code, done := generateBindings(); done {
		return code
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	return cli.Main(ctx, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, window, raise)
}
