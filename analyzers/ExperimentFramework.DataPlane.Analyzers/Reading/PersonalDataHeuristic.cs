using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Recognizes names of personal data word by word: <c>clientIpAddress</c> is one, <c>zipFile</c> and <c>emailCount</c> are not.</summary>
internal static class PersonalDataHeuristic
{
    /// <summary>Sequences of words; a longer sequence comes before one that it contains.</summary>
    private static readonly (string[] Words, string Meaning)[] Runs =
    [
        (["email"], "an e-mail address"),
        (["emails"], "e-mail addresses"),
        (["e", "mail"], "an e-mail address"),
        (["mail", "address"], "an e-mail address"),
        (["phone"], "a phone number"),
        (["phones"], "phone numbers"),
        (["telephone"], "a phone number"),
        (["mobile", "number"], "a phone number"),
        (["ip"], "an IP address"),
        (["address"], "an address"),
        (["addresses"], "addresses"),
        (["birthdate"], "a birth date"),
        (["birthday"], "a birth date"),
        (["birth", "date"], "a birth date"),
        (["birth", "day"], "a birth date"),
        (["date", "of", "birth"], "a birth date"),
        (["dob"], "a birth date"),
        (["card", "number"], "a card number"),
        (["credit", "card"], "a card number"),
        (["debit", "card"], "a card number"),
        (["cardholder"], "a card holder's name"),
        (["card", "holder"], "a card holder's name"),
        (["ssn"], "a social security number"),
        (["social", "security"], "a social security number"),
        (["surname"], "a person's name"),
        (["firstname"], "a person's name"),
        (["lastname"], "a person's name"),
        (["fullname"], "a person's name"),
    ];

    /// <summary>Words that turn a following <c>name</c> into a person's name; products and plans have names too.</summary>
    private static readonly string[] Persons =
    [
        "first", "last", "middle", "full", "given", "family", "maiden", "legal", "customer", "client", "person", "patient", "contact", "employee", "holder",
        "owner", "recipient", "sender", "passenger", "guest",
    ];

    /// <summary>Last words of names that are about personal data without containing it.</summary>
    private static readonly string[] Qualifiers =
    [
        "count", "type", "kind", "length", "verified", "confirmed", "status", "model", "provider", "format", "template", "domain", "campaign", "enabled", "family", "version", "hash", "network",
    ];

    /// <summary>Returns the kind of personal data that a captured parameter contains, judged by the attribute's name, its own name and its type; null if none.</summary>
    public static string? Classify(IParameterSymbol parameter, string? attributeName)
    {
        var type = parameter.Type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : parameter.Type;
        return type.SpecialType == SpecialType.System_Boolean || type.TypeKind == TypeKind.Enum
            ? null
            : (attributeName is null ? null : Classify(attributeName)) ?? Classify(parameter.Name) ?? OfType(type);
    }

    /// <summary>Returns the kind of personal data that a name refers to; null if none.</summary>
    public static string? Classify(string name)
    {
        var words = Words(name);
        if (words.Count == 0 || Qualifiers.Contains(words[words.Count - 1]))
        {
            return null;
        }

        if (words[words.Count - 1] == "name" && (words.Count == 1 || Persons.Contains(words[words.Count - 2])))
        {
            return "a person's name";
        }

        foreach (var (run, meaning) in Runs)
        {
            for (var start = 0; start + run.Length <= words.Count; start++)
            {
                if (words.Skip(start).Take(run.Length).SequenceEqual(run))
                {
                    return meaning;
                }
            }
        }

        return null;
    }

    private static string? OfType(ITypeSymbol type) =>
        SymbolName.Is(type, "System.Net.Mail.MailAddress") ? "an e-mail address"
        : SymbolName.Is(type, "System.Net.IPAddress") || SymbolName.Is(type, "System.Net.IPEndPoint") ? "an IP address"
        : type is INamedTypeSymbol { SpecialType: SpecialType.None } named && !IsOfSystem(named) ? Classify(named.Name)
        : null;

    private static bool IsOfSystem(INamedTypeSymbol type)
    {
        var space = type.ContainingNamespace;
        while (space?.ContainingNamespace is { IsGlobalNamespace: false } outer)
        {
            space = outer;
        }

        return space?.Name is "System" or "Microsoft";
    }

    /// <summary>Returns the words of a camel-case, kebab-case or snake-case name, in lower case.</summary>
    private static List<string> Words(string name)
    {
        var words = new List<string>();
        var start = 0;
        for (var i = 1; i <= name.Length; i++)
        {
            var ends = i == name.Length
                || !char.IsLetter(name[i])
                || (char.IsUpper(name[i]) && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]))));
            if (ends || !char.IsLetter(name[start]))
            {
                if (i > start && char.IsLetter(name[start]))
                {
                    words.Add(name.Substring(start, i - start).ToLowerInvariant());
                }

                start = i;
            }
        }

        return words;
    }
}
