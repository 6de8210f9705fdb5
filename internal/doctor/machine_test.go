package doctor

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
)

const noon = crm.Millis(1_800_000_000_000)

// well is a machine with which nothing is wrong.
func well() Machine {
	return Machine{
		Now: noon, Database: Database{Bytes: 40 << 20, Schema: 3, Program: 3}, Disk: Disk{Free: 9 << 30, Encrypted: "encrypted"},
		Secrets: Secrets{Place: "keychain"}, Network: Network{Connected: true, Known: true, Ahead: time.Minute},
		Limits: []Limit{{Name: "burst", Calls: 110, Window: 10 * time.Second, Used: 4, Others: 7}}, Daily: 1_000_000, DailyLeft: 200_000,
		Outbox: Outbox{Ops: []crm.Op{{State: crm.Queued}}, Timed: true}, LastSync: noon - 60_000,
		Versions: Versions{Satchel: "1", Go: "go1", SQLite: "3", System: "linux/amd64", API: "2026-03"},
	}
}

func TestChecks_WhatIsWellIsOK(t *testing.T) {
	for _, c := range well().Checks() {
		require.Equal(t, OK, c.State, "%+v", c)
		require.Empty(t, c.Do)
	}
	require.True(t, Report{Checks: well().Checks()}.Well())
}

func TestChecks(t *testing.T) {
	sentence := func(k crm.Kind) error { return &crm.Error{Kind: k, Msg: "A sentence."} }
	for name, c := range map[string]struct {
		spoil func(*Machine)
		check string
		state State
		says  string
	}{
		"damage":            {func(m *Machine) { m.Database.Damage = sentence(crm.Corrupt) }, "database", Failed, "A sentence"},
		"unreadable":        {func(m *Machine) { m.Database.Damage = sentence(crm.Storage) }, "database", Warning, "could not be looked through: A sentence"},
		"stopped":           {func(m *Machine) { m.Database.Stopped = true }, "database", Skipped, "not looked through"},
		"repaired":          {func(m *Machine) { m.Database.Repaired = "It was repaired." }, "database", Warning, "It was repaired"},
		"schema":            {func(m *Machine) { m.Database.Schema = 2 }, "schema", Failed, "schema 2, and this program knows 3"},
		"little room":       {func(m *Machine) { m.Disk.Free = 499 << 20 }, "disk space", Warning, "499.0 MB free.*500.0 MB"},
		"large database":    {func(m *Machine) { m.Database.Bytes = 5 << 30 }, "disk space", Warning, "9.0 GB free.*10.0 GB"},
		"unknown room":      {func(m *Machine) { m.Disk.Err = errors.New("no such thing") }, "disk space", Warning, "no such thing"},
		"plain disk":        {func(m *Machine) { m.Disk.Encrypted = "plain" }, "encryption", Warning, "not encrypted"},
		"unknown disk":      {func(m *Machine) { m.Disk.Encrypted = "unknown" }, "encryption", Skipped, "does not tell"},
		"no log":            {func(m *Machine) { m.Log = Place{"logs", errors.New("permission denied")} }, "log", Failed, "logs: permission denied"},
		"silent keychain":   {func(m *Machine) { m.Secrets.Err = sentence(crm.Storage) }, "sign-in", Failed, "A sentence"},
		"not connected":     {func(m *Machine) { m.Network.Connected = false }, "HubSpot", Warning, "No portal"},
		"signed out":        {func(m *Machine) { m.Network.Err = sentence(crm.Unauthorized) }, "HubSpot", Failed, "A sentence"},
		"offline":           {func(m *Machine) { m.Network.Err = sentence(crm.Offline) }, "HubSpot", Warning, "A sentence"},
		"unknown clock":     {func(m *Machine) { m.Network.Known = false }, "clock", Skipped, "nothing is known"},
		"fast clock":        {func(m *Machine) { m.Network.Ahead = 121 * time.Second }, "clock", Warning, "2m1s ahead of"},
		"slow clock":        {func(m *Machine) { m.Network.Ahead = -time.Hour }, "clock", Warning, "1h0m0s behind"},
		"paused":            {func(m *Machine) { m.Limits[0].Until, m.Limits[0].Policy = noon+5_000, "SECONDLY" }, "rate limits", Warning, "paused by SECONDLY for 5s"},
		"was paused":        {func(m *Machine) { m.Limits[0].Until = noon - 5_000 }, "rate limits", OK, "burst 4 of 110 in 10s and 7 by other programs; 200,000 of 1,000,000 calls left"},
		"day nearly over":   {func(m *Machine) { m.DailyLeft = 99_999 }, "rate limits", Warning, "99,999 of 1,000,000"},
		"stuck":             {func(m *Machine) { m.Outbox.Ops[0] = crm.Op{State: crm.Sending, SentAt: noon - 301_000} }, "outbox", Failed, "1 change has been on the way"},
		"on its way":        {func(m *Machine) { m.Outbox.Ops[0] = crm.Op{State: crm.Sending, SentAt: noon - 299_000} }, "outbox", OK, "1 change"},
		"waits for nothing": {func(m *Machine) { m.Outbox.Timed = false }, "outbox", Failed, "1 change waits without"},
		"without a reason":  {func(m *Machine) { m.Outbox.Ops[0].State = crm.Parked }, "outbox", Failed, "1 change waits without"},
		"with a reason":     {func(m *Machine) { m.Outbox = Outbox{Ops: []crm.Op{{State: crm.Parked, Reason: "Why."}}} }, "outbox", OK, "1 change"},
		"empty":             {func(m *Machine) { m.Outbox = Outbox{} }, "outbox", OK, "0 changes"},
		"old sync":          {func(m *Machine) { m.LastSync = noon - 3*86_400_000 }, "last sync", Warning, "3 days ago"},
		"no sync":           {func(m *Machine) { m.LastSync = 0 }, "last sync", Warning, "Nothing is known"},
	} {
		t.Run(name, func(t *testing.T) {
			m := well()
			c.spoil(&m)
			found := 0
			for _, got := range m.Checks() {
				if got.Name != c.check {
					require.Equal(t, OK, got.State, "%+v", got)
					continue
				}
				found++
				require.Equal(t, c.state, got.State)
				require.Regexp(t, c.says, got.Says)
				require.Equal(t, got.State == Warning || got.State == Failed, got.Do != "", "what to do")
			}
			require.Equal(t, 1, found)
			require.Equal(t, c.state != Failed, Report{Checks: m.Checks()}.Well())
		})
	}
}

func TestChecks_WithoutADatabaseTheRestIsJudged(t *testing.T) {
	m := well()
	m.Database = Database{Open: &crm.Error{Kind: crm.Storage, Msg: "It cannot be opened."}}
	var names []string
	for _, c := range m.Checks() {
		names = append(names, c.Name)
	}
	require.Equal(t, []string{"database", "disk space", "encryption", "log", "versions"}, names)
	require.Equal(t, Failed, m.Checks()[0].State)
}
