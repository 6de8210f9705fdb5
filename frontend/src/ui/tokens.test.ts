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

// How somebody sees a colour who does not see red, green or blue like others, at
// its fullest: the matrices of Machado, Oliveira and Fernandes (2009), on linear light.
const eyes: Record<string, number[][]> = {
  trichromacy: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function oklab(hex: string, eye: number[][]): number[] {
  const n = parseInt(hex.slice(1), 16);
  const linear = [n >> 16, n >> 8, n].map((v) => {
    const c = (v & 255) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  const times = (rows: number[][], v: number[]) =>
    rows.map((row) => row.reduce((sum, a, i) => sum + a * (v[i] ?? 0), 0));
  const seen = times(eye, linear).map((v) => Math.min(1, Math.max(0, v)));
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    seen,
  ).map(Math.cbrt);
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  );
}

describe.each<Theme>(['light', 'dark'])('the flags of profiles, %s', (theme) => {
  const flags = Object.keys(colours).filter((name) => name.startsWith('flag-'));
  it.each(Object.keys(eyes))('can be told apart with %s', (eye) => {
    expect(flags).toHaveLength(8);
    const seen = flags.map((name) => oklab(colours[name]?.[theme] ?? '', eyes[eye] ?? []));
    for (const [i, a] of seen.entries()) {
      for (const [j, b] of seen.entries()) {
        const far = Math.hypot(...a.map((v, k) => v - (b[k] ?? 0)));
        if (i < j) expect(far, `${flags[i]} and ${flags[j]}`).toBeGreaterThan(0.075);
      }
    }
  });
});

describe('tokens.css', () => {
  it('is what tools/tokens.mjs writes', () => {
    expect(readFileSync('src/ui/tokens.css', 'utf8')).toBe(css(tokens));
  });
});
