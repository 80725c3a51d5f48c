// Package sqlwatch counts the statements that go through a database/sql driver,
// for tests.
package sqlwatch

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"slices"
	"strings"
	"sync"
)

// A Log is what went to a database.
type Log struct {
	mu    sync.Mutex
	names []string
}

// Take gives what went since the last call, each by the first word of its text
// in upper case: SELECT, BEGIN; and PREPARE for whatever was prepared.
func (l *Log) Take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	names := strings.Join(l.names, " ")
	l.names = slices.Delete(l.names, 0, len(l.names))
	return names
}

func (l *Log) add(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.names = append(l.names, strings.ToUpper(strings.Fields(text)[0]))
}

// Open is sql.Open, watched.
func Open(name, dsn string) (*sql.DB, *Log, error) {
	db, err := sql.Open(name, dsn)
	if err != nil {
		return nil, nil, err
	}
	defer db.Close()
	l := new(Log)
	return sql.OpenDB(connector{db.Driver(), dsn, l}), l, nil
}

type connector struct {
	driver driver.Driver
	dsn    string
	log    *Log
}

func (c connector) Driver() driver.Driver { return c.driver }

func (c connector) Connect(context.Context) (driver.Conn, error) {
	inner, err := c.driver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	both, ok := inner.(drivers)
	if !ok {
		return nil, errors.New("sqlwatch: the driver is too old")
	}
	return conn{both, c.log}, nil
}

// drivers is what a connection of today's drivers can do.
type drivers interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
	driver.SessionResetter
}

type conn struct {
	drivers
	log *Log
}

func (c conn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	result, err := c.drivers.ExecContext(ctx, text, args)
	if !errors.Is(err, driver.ErrSkip) { // which asks for a prepared one
		c.log.add(text)
	}
	return result, err
}

func (c conn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := c.drivers.QueryContext(ctx, text, args)
	if !errors.Is(err, driver.ErrSkip) {
		c.log.add(text)
	}
	return rows, err
}

func (c conn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	inner, err := c.drivers.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	c.log.add("PREPARE")
	both, ok := inner.(statements)
	if !ok {
		return nil, errors.New("sqlwatch: the driver is too old")
	}
	return stmt{both, text, c.log}, nil
}

func (c conn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	c.log.add("BEGIN")
	return c.drivers.BeginTx(ctx, o)
}

// IsValid is the driver's own, where it has one.
func (c conn) IsValid() bool {
	own, ok := c.drivers.(driver.Validator)
	return !ok || own.IsValid()
}

// CheckNamedValue is the driver's own, where it has one.
func (c conn) CheckNamedValue(v *driver.NamedValue) error {
	if own, ok := c.drivers.(driver.NamedValueChecker); ok {
		return own.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

type statements interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

type stmt struct {
	statements
	text string
	log  *Log
}

func (s stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	s.log.add(s.text)
	return s.statements.ExecContext(ctx, args)
}

func (s stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	s.log.add(s.text)
	return s.statements.QueryContext(ctx, args)
}

// CheckNamedValue is the driver's own, where it has one.
func (s stmt) CheckNamedValue(v *driver.NamedValue) error {
	if own, ok := s.statements.(driver.NamedValueChecker); ok {
		return own.CheckNamedValue(v)
	}
	return driver.ErrSkip
}
