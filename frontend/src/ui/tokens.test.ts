import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { css } from '../../tools/tokens.mjs';
import tokens from './tokens.json';

type Theme = 'light' | 'dark';
const colours: Record<string, Record<Theme, string>> = tokens.colour;

function luminance(hex: string): number {
  const n = parseInt(hex.slice(1), 16);
  const [r = 0, g = 0, b = 0] = [n >> 16, n >> 8, n].map((v) => {
    const c = (v & 255) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [x = 0, y = 0] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return (x + 0.05) / (y + 0.05);
}

describe.each<Theme>(['light', 'dark'])('contrast, %s', (theme) => {
  const value = (name: string) => colours[name]?.[theme] ?? '';
  it.each(tokens.contrast.text)('%s on %s is at least 4.5', (ink = '', paper = '') => {
    expect(contrast(value(ink), value(paper))).toBeGreaterThanOrEqual(4.5);
  });
  it.each(tokens.contrast.edge)('%s on %s is at least 3', (ink = '', paper = '') => {
    expect(contrast(value(ink), value(paper))).toBeGreaterThanOrEqual(3);
  });
});

describe('tokens.css', () => {
  it('is what tools/tokens.mjs writes', () => {
    expect(readFileSync('src/ui/tokens.css', 'utf8')).toBe(css(tokens));
  });
});
