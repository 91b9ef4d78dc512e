using System.Buffers.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>
/// Logs rejected visitor cookies. A cookie that was protected with another data protection key is distinguished from a forged or damaged
/// one, because lost keys make every visitor a new subject and would otherwise go unnoticed.
/// </summary>
internal sealed partial class RefusedCookies : IDisposable
{
    /// <summary>
    /// The length of the compared header of protected data: a magic number of 4 bytes, and as much of the 16-byte key id as fits whole
    /// Base64 groups.
    /// </summary>
    private const int HeaderBytes = 18, HeaderCharacters = 24, MagicBytes = 4;

    private readonly IDataProtector _protector;
    private readonly NonThrowingLogger _logger;
    private readonly RefusalCounter _otherKey;
    private readonly RefusalCounter _damaged;

    public RefusedCookies(string? cookie, IDataProtector protector, TimeProvider time, NonThrowingLogger logger)
    {
        _protector = protector;
        _logger = logger;
        _otherKey = new RefusalCounter(time, count => LogOtherKey(cookie, count));
        _damaged = new RefusalCounter(time, count => LogDamaged(cookie, count));
    }

    public void Add(string value) => (IsOfOtherKey(value) ? _otherKey : _damaged).Add();

    public void Dispose()
    {
        _otherKey.Dispose();
        _damaged.Dispose();
    }

    private bool IsOfOtherKey(string value)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (value.Length < HeaderCharacters || !Base64Url.TryDecodeFromChars(value.AsSpan(0, HeaderCharacters), header, out _))
        {
            return false;
        }

        ReadOnlySpan<byte> ours = _protector.Protect([]);
        return ours.StartsWith(header[..MagicBytes]) && !ours.StartsWith(header);
    }

    [LoggerMessage(80, LogLevel.Information,
        "Cookies {Cookie} were rejected because they are forged or damaged, and replaced or deleted. Rejected since the last report: {Count}. Reported at most once a minute.", EventName = "CookiesDamaged")]
    private partial void LogDamaged(string? cookie, long count);

    [LoggerMessage(83, LogLevel.Warning,
        "Cookies {Cookie} were protected with a data protection key that this application does not have, so their visitors become new subjects. Rejected since the last report: {Count}. Persist the keys and share them among all hosts: services.AddDataProtection().PersistKeysTo...(). Reported at most once a minute.", EventName = "CookiesOfUnknownKey")]
    private partial void LogOtherKey(string? cookie, long count);
}
