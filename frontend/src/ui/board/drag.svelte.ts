// Dragging with pointer events. HTML5 drag and drop is not used: WebKitGTK loses
// presses after a drop. A press becomes a drag after 4 px, so that a click stays
// a click; Escape and a lost pointer put the card back.
//
// The board marks what can be lifted with data-lift="<id>" and where it can be
// dropped with data-drop="<id>"; names are the caller's.

const threshold = 4;
const edge = 48; // px from the scroller's side where it begins to scroll
const speed = 12; // px a frame at the very edge

export interface Lift {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

interface Press {
  readonly id: string;
  readonly pointer: number;
  readonly x: number;
  readonly y: number;
  readonly box: DOMRect;
}

export class Drag {
  /** What is in the air; null for nothing. */
  lift = $state.raw<Lift | null>(null);
  /** The drop under the pointer, '' for none. */
  over = $state('');
  /** The element that follows the pointer; the caller binds it. */
  ghost = $state.raw<HTMLElement | null>(null);

  #press: Press | null = null;
  #at = { x: 0, y: 0 };
  #scroller: HTMLElement | null = null;
  #frame = 0;
  #dropped: (id: string, on: string) => void;
  #swallow = false;

  constructor(dropped: (id: string, on: string) => void) {
    this.#dropped = dropped;
  }

  /** To be put on the scroller that holds everything: {@attach drag.attach} */
  attach = (scroller: HTMLElement): (() => void) => {
    this.#scroller = scroller;
    const stop = new AbortController();
    const { signal } = stop;
    scroller.addEventListener('pointerdown', this.#down, { signal });
    addEventListener('pointermove', this.#move, { signal });
    addEventListener('pointerup', this.#up, { signal });
    addEventListener('pointercancel', this.#cancel, { signal });
    addEventListener('blur', this.#cancel, { signal });
    addEventListener('keydown', this.#key, { signal, capture: true });
    scroller.addEventListener('click', this.#click, { signal, capture: true });
    scroller.addEventListener('dragstart', (e) => e.preventDefault(), { signal });
    return () => {
      stop.abort();
      this.#end();
    };
  };

  #down = (event: PointerEvent): void => {
    this.#swallow = false;
    if (event.button !== 0 || !event.isPrimary || !(event.target instanceof Element)) return;
    if (event.target.closest('[data-no-lift]')) return;
    const found = event.target.closest<HTMLElement>('[data-lift]');
    if (!found?.dataset.lift) return;
    this.#press = {
      id: found.dataset.lift,
      pointer: event.pointerId,
      x: event.clientX,
      y: event.clientY,
      box: found.getBoundingClientRect(),
    };
  };

  #move = (event: PointerEvent): void => {
    const press = this.#press;
    if (press?.pointer !== event.pointerId) return;
    this.#at = { x: event.clientX, y: event.clientY };
    if (this.lift === null) {
      if (Math.hypot(event.clientX - press.x, event.clientY - press.y) < threshold) return;
      this.lift = { id: press.id, width: press.box.width, height: press.box.height };
      getSelection()?.removeAllRanges();
    }
    event.preventDefault();
    this.#frame ||= requestAnimationFrame(this.#tick);
  };

  // Once a frame while something is in the air: place the ghost, look what is
  // under the pointer, scroll at the edges. It stops with the drag.
  #tick = (): void => {
    this.#frame = 0;
    const press = this.#press;
    if (press === null || this.lift === null) return;
    const { x, y } = this.#at;
    this.place();
    const under = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-drop]');
    this.over = under?.dataset.drop ?? '';
    if (this.#scroll(x)) this.#frame = requestAnimationFrame(this.#tick);
  };

  /** Puts the ghost where the pointer is. The caller calls it once the ghost is there. */
  place(): void {
    const press = this.#press;
    if (press === null || this.ghost === null) return;
    const { style } = this.ghost;
    style.setProperty('width', `${press.box.width}px`);
    style.setProperty('height', `${press.box.height}px`);
    style.setProperty('left', `${press.box.left}px`);
    style.setProperty('top', `${press.box.top}px`);
    style.setProperty('translate', `${this.#at.x - press.x}px ${this.#at.y - press.y}px`);
  }

  #scroll(x: number): boolean {
    const scroller = this.#scroller;
    if (scroller === null || scroller.scrollWidth <= scroller.clientWidth) return false;
    const box = scroller.getBoundingClientRect();
    const near = Math.max(0, box.left + edge - x) - Math.max(0, x - (box.right - edge));
    if (near === 0) return false;
    const before = scroller.scrollLeft;
    scroller.scrollLeft =
      before - Math.sign(near) * Math.min(speed, (Math.abs(near) / edge) * speed);
    return scroller.scrollLeft !== before;
  }

  #up = (event: PointerEvent): void => {
    if (this.#press?.pointer !== event.pointerId) return;
    const { lift } = this;
    if (lift !== null) {
      this.#swallow = true;
      const under = document
        .elementFromPoint(event.clientX, event.clientY)
        ?.closest<HTMLElement>('[data-drop]');
      const on = under?.dataset.drop ?? '';
      this.#end();
      if (on !== '') this.#dropped(lift.id, on);
    } else {
      this.#end();
    }
  };

  #cancel = (): void => this.#end();

  #key = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || this.lift === null) return;
    event.preventDefault();
    event.stopPropagation();
    this.#swallow = true;
    this.#end();
  };

  // The press that ended a drag is no click on what was lifted.
  #click = (event: MouseEvent): void => {
    if (!this.#swallow) return;
    this.#swallow = false;
    event.preventDefault();
    event.stopPropagation();
  };

  #end(): void {
    if (this.#frame !== 0) cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#press = null;
    this.lift = null;
    this.over = '';
  }
}
