export function css(tokens: {
  colour: Record<string, { light: string; dark: string }>;
  shared: Record<string, string>;
}): string;
