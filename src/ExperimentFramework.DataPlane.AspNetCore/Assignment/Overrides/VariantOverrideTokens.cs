using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>
/// Creates tokens with which a tester gets a specific variant of an experiment, for example <c>https://shop.example/?dataplane-override={token}</c>.
/// Tokens are signed and encrypted by ASP.NET data protection, so only an application with the same keys can create them. A token does not identify
/// a person; anyone who has it can use it until it expires.
/// </summary>
public sealed class VariantOverrideTokens
{
    /// <summary>The maximum length of an experiment name or variant key, so that a token fits into a link and a cookie.</summary>
    internal const int MaxNameLength = 128;

    /// <summary>The maximum length of a token; a longer text is rejected without decryption.</summary>
    internal const int MaxTokenLength = 1_536;

    private readonly IDataProtector _protector;
    private readonly TimeSpan _maxLifetime;
    private readonly TimeProvider _time;

    internal VariantOverrideTokens(IDataProtectionProvider protection, IOptions<HttpVariantOverrideOptions> options, TimeProvider time)
    {
        _protector = protection.CreateProtector("ExperimentFramework.DataPlane.AspNetCore.VariantOverride.v1");
        _maxLifetime = options.Value.MaxLifetime;
        _time = time;
    }

    /// <summary>Creates a token. It consists of letters, digits, <c>-</c> and <c>_</c>.</summary>
    /// <param name="experimentName">The experiment's name, at most 128 characters.</param>
    /// <param name="variantKey">The variant's key, at most 128 characters. A key that does not exist is logged when the token is used.</param>
    /// <param name="lifetime">How long the token is valid: more than zero and at most <see cref="HttpVariantOverrideOptions.MaxLifetime"/>.</param>
    /// <returns>The token.</returns>
    /// <exception cref="ArgumentException"><paramref name="experimentName"/> or <paramref name="variantKey"/> is null, empty or too long.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="lifetime"/> is out of range.</exception>
    public string Create(string experimentName, string variantKey, TimeSpan lifetime)
    {
        RequireName(experimentName, nameof(experimentName));
        RequireName(variantKey, nameof(variantKey));
        if (lifetime <= TimeSpan.Zero || lifetime > _maxLifetime)
        {
            throw new ArgumentOutOfRangeException(
                nameof(lifetime), lifetime, $"The lifetime of a token must be more than 0 and at most {_maxLifetime} (HttpVariantOverrideOptions.MaxLifetime).");
        }

        using var content = new MemoryStream();
        using (var writer = new BinaryWriter(content, Encoding.UTF8))
        {
            writer.Write(experimentName);
            writer.Write(variantKey);
            writer.Write((_time.GetUtcNow() + lifetime).UtcTicks);
        }

        return Base64Url.EncodeToString(_protector.Protect(content.ToArray()));
    }

    /// <summary>Reads a token.</summary>
    /// <returns>The override; null if the token was not created with the keys of this application, is damaged, or has expired.</returns>
    internal VariantOverride? Read(string token)
    {
        if (token.Length > MaxTokenLength || !Base64Url.IsValid(token))
        {
            return null;
        }

        try
        {
            using var reader = new BinaryReader(new MemoryStream(_protector.Unprotect(Base64Url.DecodeFromChars(token))), Encoding.UTF8);
            var read = new VariantOverride(reader.ReadString(), reader.ReadString(), new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero), token);
            return read.ExpiresAt > _time.GetUtcNow() ? read : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static void RequireName(string name, string parameter)
    {
        ArgumentException.ThrowIfNullOrEmpty(name, parameter);
        if (name.Length > MaxNameLength)
        {
            throw new ArgumentException($"The name has {name.Length} characters; it must have at most {MaxNameLength} to fit into a token.", parameter);
        }
    }
}
