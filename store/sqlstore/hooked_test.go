package sqlstore_test

import (
	"context"
	"database/sql/driver"
)

// A hooked driver runs each statement, once it is prepared, through a function.
type hooked struct {
	driver.Connector
	is  driver.Driver // what it says that it is
	run func(send func() error) error
}

func (h hooked) Driver() driver.Driver { return h.is }

func (h hooked) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := h.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return hookedConn{conn, h}, nil
}

type hookedConn struct {
	driver.Conn
	hooked hooked
}

func (c hookedConn) Prepare(text string) (driver.Stmt, error) {
	st, err := c.Conn.Prepare(text)
	return hookedStmt{st, c.hooked}, err
}

type hookedStmt struct {
	driver.Stmt
	hooked hooked
}

func (s hookedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (result driver.Result, err error) {
	err = s.hooked.run(func() error { result, err = s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args); return err })
	return result, err
}

func (s hookedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (rows driver.Rows, err error) {
	err = s.hooked.run(func() error { rows, err = s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args); return err })
	return rows, err
}
