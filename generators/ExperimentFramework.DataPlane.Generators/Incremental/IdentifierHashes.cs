using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Incremental;

/// <summary>
/// The words of a file: every identifier, whatever it means, and what stands in strings and behind code. Kept as hashes, because a project
/// has many, and a word that is taken for another one costs no more than reading an interface again.
/// </summary>
internal sealed class IdentifierHashes
{
    private readonly int[] _hashes;

    private IdentifierHashes(HashSet<int> hashes)
    {
        _hashes = [.. hashes];
        Array.Sort(_hashes);
    }

    /// <summary>Reads a file's words. The text is read, and not the compiler's tree, which would be made of every token for it.</summary>
    public static IdentifierHashes In(SyntaxTree file) => new(InText(file.GetText().ToString()) ?? InTree(file.GetRoot()));

    /// <summary>Whether the word may be one of these.</summary>
    public bool MayHold(string word) => Array.BinarySearch(_hashes, Hash(word, 0, word.Length)) >= 0;

    /// <summary>Null where a word may be written in another way than it reads: with escapes, or with characters that do not count.</summary>
    private static HashSet<int>? InText(string text)
    {
        var words = new HashSet<int>();
        var isLineStart = true;
        for (var i = 0; i < text.Length; i++)
        {
            if (isLineStart && EndOfComment(text, i) is { } end)
            {
                i = end;
            }
            else if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is 'u' or 'U')
            {
                return null;
            }
            else if (SyntaxFacts.IsIdentifierPartCharacter(text[i]))
            {
                var start = i;
                for (; i < text.Length && SyntaxFacts.IsIdentifierPartCharacter(text[i]); i++)
                {
                    if (text[i] > 127 && CharUnicodeInfo.GetUnicodeCategory(text[i]) == UnicodeCategory.Format)
                    {
                        return null;
                    }
                }

                words.Add(Hash(text, start, i));
                i--;
            }

            isLineStart = i < text.Length && (SyntaxFacts.IsNewLine(text[i]) || (isLineStart && char.IsWhiteSpace(text[i])));
        }

        return words;
    }

    /// <summary>
    /// Where a line that is nothing but a comment ends; null for other lines, and where it may stand inside of something that begins before it
    /// and goes on, or holds code.
    /// </summary>
    private static int? EndOfComment(string text, int start)
    {
        if (text[start] != '/' || start + 1 == text.Length || text[start + 1] != '/')
        {
            return null;
        }

        var end = start + 2;
        for (; end < text.Length && !SyntaxFacts.IsNewLine(text[end]); end++)
        {
            if (text[end] is '"' or '{' || (text[end] == '/' && text[end - 1] == '*'))
            {
                return null;
            }
        }

        return end;
    }

    private static HashSet<int> InTree(SyntaxNode root) =>
    [
        .. root.DescendantTokens()
            .Where(token => token.IsKind(SyntaxKind.IdentifierToken))
            .Select(token => Hash(token.ValueText, 0, token.ValueText.Length)),
    ];

    private static int Hash(string text, int start, int end)
    {
        var hash = 17;
        for (var i = start; i < end; i++)
        {
            hash = unchecked((hash * 31) + text[i]);
        }

        return hash;
    }
}
