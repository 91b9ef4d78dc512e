using System.Security.Cryptography;
using System.Text;

namespace ExperimentFramework.DataPlane.EventHubs;

/// <summary>The key by which Event Hubs chooses the partition of an event: its subject, so that the events of one subject stay in order.</summary>
internal static class PartitionKey
{
    /// <summary>The longest key that the service accepts, in characters.</summary>
    public const int MaxLength = 128;

    /// <summary>Returns the key; null for an event without a subject, which may go to any partition.</summary>
    public static string? Of(DataPlaneEvent source) => EventSubject.IdOf(source) switch
    {
        null or "" => null,
        { Length: > MaxLength } subject => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(subject))),
        var subject => WellFormedText.Of(subject),
    };
}
