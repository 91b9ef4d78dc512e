using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.CodeFixes;

/// <summary>Recognizes the names of parameters that identify a subject.</summary>
internal static class SubjectName
{
    /// <summary>The kinds of subjects. If a member has several, the earlier one takes precedence.</summary>
    private static readonly ImmutableArray<string> Subjects =
        ["subject", "user", "customer", "visitor", "member", "account", "client", "session", "device"];

    /// <summary>Returns the parameter that can be a subject and whose name fits best; null if there is none.</summary>
    public static IParameterSymbol? Among(ImmutableArray<IParameterSymbol> parameters) => parameters
        .Where(parameter => parameter.RefKind is RefKind.None or RefKind.In && ExposingMembers.CanBeId(parameter.Type))
        .Select(parameter => (Parameter: parameter, Rank: Rank(parameter.Name)))
        .Where(candidate => candidate.Rank >= 0)
        .OrderBy(candidate => candidate.Rank)
        .FirstOrDefault().Parameter;

    /// <summary>Ranks ids of subjects before subjects, and both before longer names that end like an id. Returns a negative value for other names.</summary>
    private static int Rank(string name)
    {
        var stem = name.EndsWith("Id", StringComparison.Ordinal) ? name.Substring(0, name.Length - 2) : name;
        var isId = stem.Length < name.Length;
        for (var i = 0; i < Subjects.Length; i++)
        {
            if (string.Equals(stem, Subjects[i], StringComparison.OrdinalIgnoreCase))
            {
                return isId ? i : Subjects.Length + i;
            }

            if (isId && stem.EndsWith(char.ToUpperInvariant(Subjects[i][0]) + Subjects[i].Substring(1), StringComparison.Ordinal))
            {
                return (2 * Subjects.Length) + i;
            }
        }

        return -1;
    }
}
