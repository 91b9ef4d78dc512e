using System.Buffers.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>
/// Says that visitor cookies were refused. A cookie that data protection made with another key than today's is told from one that is
/// forged or damaged: if the keys were lost, every visitor is a new subject and nothing else shows it.
/// </summary>
internal sealed partial class RefusedCookies(IDataProtector protector, TimeProvider time, NonThrowingLogger logger)
{
    /// <summary>
    /// How much is compared of what data protection writes first: a magic number of 4 bytes, and of the key's id of 16 bytes what whole
    /// groups of Base64 hold.
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

    [LoggerMessage(80, LogLevel.Information, "{Count} cookies {Cookie} were refused because they are forged or damaged; each was replaced by a new visitor. Counted for a minute at a time.", EventName = "CookiesDamaged")]
    private partial void LogDamaged(long count, string cookie);

    [LoggerMessage(83, LogLevel.Warning,
        "{Count} cookies {Cookie} were made with a data protection key that this application does not have, so their visitors are new subjects and may see other variants. Persist the keys and share them among all hosts: services.AddDataProtection().PersistKeysTo...(). Counted for a minute at a time.", EventName = "CookiesOfUnknownKey")]
    private partial void LogOtherKey(long count, string cookie);
}
