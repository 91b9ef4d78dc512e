using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>The decrypted content of a visitor's cookie.</summary>
/// <param name="Id">The visitor's id: 32 lower-case hexadecimal digits.</param>
/// <param name="SignedInAs">A digest of the id of the user that the visitor last signed in as; null if the visitor never did.</param>
/// <param name="SignedInAt">When the sign-in was first seen, in Unix seconds.</param>
internal sealed record VisitorTicket(string Id, string? SignedInAs = null, long SignedInAt = 0)
{
    private const int IdBytes = 16;
    private const int DigestBytes = 8;

    public static VisitorTicket Create() => new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)));

    /// <summary>Computes a digest that identifies a user without revealing the user's id.</summary>
    public static string DigestOf(string userId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(userId)).AsSpan(0, DigestBytes));

    /// <summary>Parses a ticket.</summary>
    /// <returns>The ticket; null if the text is not one.</returns>
    public static VisitorTicket? Parse(string text)
    {
        var parts = text.Split('.');
        return !IsHex(parts[0], IdBytes) ? null
            : parts.Length == 1 ? new VisitorTicket(parts[0])
            : parts.Length == 3 && IsHex(parts[1], DigestBytes) && long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var signedInAt)
                ? new VisitorTicket(parts[0], parts[1], signedInAt)
            : null;
    }

    public override string ToString() =>
        SignedInAs is null ? Id : string.Create(CultureInfo.InvariantCulture, $"{Id}.{SignedInAs}.{SignedInAt}");

    private static bool IsHex(string text, int bytes) => text.Length == bytes * 2 && text.All(char.IsAsciiHexDigitLower);
}
