namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>The syntax of header and cookie names.</summary>
internal static class HttpToken
{
    public const string Description = "a token of RFC 9110, section 5.6.2: letters, digits and !#$%&'*+-.^_`|~";

    public static bool IsToken(string text) => text.Length > 0 && text.All(IsTokenCharacter);

    private static bool IsTokenCharacter(char character) =>
        char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`|~".Contains(character, StringComparison.Ordinal);
}
