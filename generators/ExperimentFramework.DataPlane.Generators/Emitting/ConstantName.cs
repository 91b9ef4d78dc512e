using System.Text;
using ExperimentFramework.DataPlane.Generators.Parsing;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Emitting;

/// <summary>Makes C# identifiers of the names of experiments and variants: <c>checkout-pricing</c> becomes <c>CheckoutPricing</c>.</summary>
internal static class ConstantName
{
    private static readonly string[] MembersOfObject =
        [nameof(Equals), nameof(ReferenceEquals), nameof(GetHashCode), nameof(GetType), nameof(ToString), nameof(MemberwiseClone), "Finalize"];

    /// <summary>Returns the identifiers that no member of a class may have: the class's own name, and what would hide a member of <see cref="object"/>.</summary>
    public static HashSet<string> TakenIn(params string[] taken) => new(MembersOfObject.Concat(taken), StringComparer.Ordinal);

    /// <summary>Returns the identifier of a name, with a number if it is taken, and marks it as taken.</summary>
    public static string Create(string name, ICollection<string> taken) => UniqueName.Create(Identifier(name), taken);

    private static string Identifier(string name)
    {
        var identifier = new StringBuilder(name.Length + 1);
        var startsWord = true;
        foreach (var character in name)
        {
            if (!SyntaxFacts.IsIdentifierPartCharacter(character) || char.GetUnicodeCategory(character) == System.Globalization.UnicodeCategory.Format)
            {
                startsWord = true;
                continue;
            }

            identifier.Append(startsWord ? char.ToUpperInvariant(character) : character);
            startsWord = false;
        }

        return identifier.Length > 0 && SyntaxFacts.IsIdentifierStartCharacter(identifier[0]) ? identifier.ToString() : "_" + identifier;
    }
}
