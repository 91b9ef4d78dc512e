using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Emitting;

/// <summary>Makes C# identifiers of the names of experiments and variants: <c>checkout-pricing</c> becomes <c>CheckoutPricing</c>.</summary>
internal static class ConstantName
{
    private static readonly string[] MembersOfObject =
        [nameof(Equals), nameof(ReferenceEquals), nameof(GetHashCode), nameof(GetType), nameof(ToString), nameof(MemberwiseClone), "Finalize"];

    /// <summary>Returns the identifiers that no member of a class may have: the class's own name, and what would hide a member of <see cref="object"/>.</summary>
    public static HashSet<string> TakenIn(params string[] taken) => new(MembersOfObject.Concat(taken), StringComparer.Ordinal);

    /// <summary>
    /// Gives each name its identifier, which depends on that name alone. Names with the same identifier have none: with a number in the order of the names, a
    /// new name could change silently what the constant of another one means.
    /// </summary>
    public static IEnumerable<(T Item, string Identifier)> Assign<T>(IEnumerable<T> items, Func<T, string> nameOf, HashSet<string> taken) => items
        .Select(item => (Item: item, Identifier: Identifier(nameOf(item)) is var identifier && taken.Contains(identifier) ? identifier + "1" : identifier))
        .GroupBy(named => named.Identifier, StringComparer.Ordinal)
        .Where(same => same.Count() == 1)
        .Select(same => same.Single());

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
