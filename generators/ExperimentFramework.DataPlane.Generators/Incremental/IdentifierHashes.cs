using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Incremental;

/// <summary>
/// The identifiers of a file, including words in strings and in comments behind code. They are stored as hashes, because a project has many; a hash
/// collision costs no more than reading an interface again.
/// </summary>
internal sealed class IdentifierHashes
{
    private readonly int[] _hashes;

    private IdentifierHashes(HashSet<int> hashes)
    {
        _hashes = [.. hashes];
        Array.Sort(_hashes);
    }

    /// <summary>Reads the identifiers of a file from its text, because the compiler would have to create every token of the tree.</summary>
    public static IdentifierHashes In(SyntaxTree file) => new(InText(file.GetText().ToString()) ?? InTree(file.GetRoot()));

    /// <summary>Returns whether the file may contain an identifier.</summary>
    public bool MayContain(string identifier) => Array.BinarySearch(_hashes, Hash(identifier, 0, identifier.Length)) >= 0;

    /// <summary>Returns null if an identifier may be spelled in another way: with escapes, or with formatting characters, which the compiler ignores.</summary>
    private static HashSet<int>? InText(string text)
    {
        var hashes = new HashSet<int>();
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

                hashes.Add(Hash(text, start, i));
                i--;
            }

            isLineStart = i < text.Length && (SyntaxFacts.IsNewLine(text[i]) || (isLineStart && char.IsWhiteSpace(text[i])));
        }

        return hashes;
    }

    /// <summary>
    /// Returns the end of a line that consists of a comment; null for other lines, and if the comment may be inside something that starts before it and
    /// continues, or may contain code.
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
