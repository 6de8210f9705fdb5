import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { fakeBackend } from '../backend/fake';
import { Session, sessionContext } from '../state/session.svelte';
import StatusLine from './StatusLine.svelte';

describe('the limits in the status bar', () => {
  it('open and close with the keyboard, and lead to the settings', async () => {
    const session = new Session(fakeBackend({ connected: true, contacts: 5 }));
    await session.start();
    render(StatusLine, { context: sessionContext(session) });
    const button = screen.getByRole('button', { name: 'HubSpot’s limits' });
    button.focus();
    await userEvent.keyboard('{Enter}');
    // It is placed by its size, which nothing has here, and so is not seen as visible.
    const panel = await screen.findByRole('dialog', { hidden: true });
    expect(await within(panel).findByText('Your edits')).toBeInTheDocument();
    await userEvent.keyboard('{Escape}');
    await vi.waitFor(() => expect(screen.queryByRole('dialog', { hidden: true })).toBeNull());
    expect(button).toHaveFocus();
    await userEvent.keyboard('{Enter}');
    await userEvent.click(await screen.findByText('Leave more to other programs'));
    expect(session.nav.place.screen).toBe('settings');
  });
});
