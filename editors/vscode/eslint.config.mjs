import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
    { ignores: ['dist/**', 'node_modules/**'] },
    js.configs.recommended,
    {
        files: ['**/*.ts'],
        extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
        languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
        rules: {
            '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
            'max-lines': ['error', { max: 300 }],
            'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
            'no-console': 'error',
        },
    },
    {
        files: ['**/*.mjs'],
        languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
    },
    {
        files: ['test/**/*.ts'],
        rules: {
            'no-console': 'off',
            '@typescript-eslint/no-floating-promises': 'off',
            'max-lines-per-function': 'off',
        },
    },
);
