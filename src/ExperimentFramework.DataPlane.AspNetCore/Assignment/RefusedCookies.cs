using System.Buffers.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>
/// Logs rejected visitor cookies. A cookie that was protected with another data protection key is distinguished from a forged or damaged
/// one, because lost keys make every visitor a new subject and would otherwise go unnoticed.
/// </summary>
internal sealed partial class RefusedCookies(IDataProtector protector, TimeProvider time, NonThrowingLogger logger)
{
    /// <summary>
    /// The length of the compared header of protected data: a magic number of 4 bytes, and as much of the 16-byte key id as fits whole
    /// Base64 groups.
    /// </summary>
    private const int HeaderBytes = 18, HeaderCharacters = 24, MagicBytes = 4;

    private readonly RefusalCounter _otherKey = new(time);
    private readonly RefusalCounter _damaged = new(time);

    public void Add(string cookie, string value)
    {
        if (IsOfOtherKey(value))
        {
            if (_otherKey.Add() is > 0 and var visitors)
            {
                LogOtherKey(visitors, cookie);
            }
        }
        else if (_damaged.Add() is > 0 and var cookies)
        {
            LogDamaged(cookies, cookie);
        }
    }

    private bool IsOfOtherKey(string value)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (value.Length < HeaderCharacters || !Base64Url.TryDecodeFromChars(value.AsSpan(0, HeaderCharacters), header, out _))
        {
            return false;
        }

        ReadOnlySpan<byte> ours = protector.Protect([]);
        return ours.StartsWith(header[..MagicBytes]) && !ours.StartsWith(header);
    }

    [LoggerMessage(80, LogLevel.Information, "{Count} cookies {Cookie} were rejected because they are forged or damaged; each was replaced with that of a new visitor. Rejections are reported at most once a minute.", EventName = "CookiesDamaged")]
    private partial void LogDamaged(long count, string cookie);

    [LoggerMessage(83, LogLevel.Warning,
        "{Count} cookies {Cookie} were protected with a data protection key that this application does not have, so their visitors become new subjects. Persist the keys and share them among all hosts: services.AddDataProtection().PersistKeysTo...(). Rejections are reported at most once a minute.", EventName = "CookiesOfUnknownKey")]
    private partial void LogOtherKey(long count, string cookie);
}
