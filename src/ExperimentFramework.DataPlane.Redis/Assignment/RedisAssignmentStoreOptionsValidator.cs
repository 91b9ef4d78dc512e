using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace ExperimentFramework.DataPlane.Redis;

/// <summary>Checks <see cref="RedisAssignmentStoreOptions"/> at start-up. No message quotes the configuration, which may hold a password.</summary>
internal sealed class RedisAssignmentStoreOptionsValidator : IValidateOptions<RedisAssignmentStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, RedisAssignmentStoreOptions options) =>
        OptionFailures.Result([.. Errors(options)]);

    /// <summary>Returns the errors in the options, one message per mistake.</summary>
    public static IEnumerable<string> Errors(RedisAssignmentStoreOptions options)
    {
        if (ConfigurationError(options.Configuration) is { } error)
        {
            yield return $"RedisAssignmentStoreOptions.{nameof(options.Configuration)} {error}";
        }

        if (options.TimeToLive is { } timeToLive && !RedisAssignmentStoreOptionRanges.TimeToLive.Contains(timeToLive))
        {
            yield return $"RedisAssignmentStoreOptions.{nameof(options.TimeToLive)} is {timeToLive}; it must be {RedisAssignmentStoreOptionRanges.TimeToLive}, or null to keep assignments forever.";
        }

        if (string.IsNullOrEmpty(options.KeyPrefix))
        {
            yield return $"RedisAssignmentStoreOptions.{nameof(options.KeyPrefix)} is empty; it must distinguish the keys of assignments from all other keys.";
        }
    }

    private static string? ConfigurationError(string configuration)
    {
        try
        {
            return string.IsNullOrWhiteSpace(configuration) || ConfigurationOptions.Parse(configuration).EndPoints.Count == 0
                ? "contains no server; specify one as host:port."
                : null;
        }
        catch (ArgumentException exception)
        {
            return $"cannot be parsed: {exception.Message}";
        }
    }
}
