using System.Text;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>The key of a message, which determines its partition: docs/decisions/0150-keyed-by-the-subjects-id.md.</summary>
internal static class SubjectKey
{
    /// <summary>Returns the id of the subject in UTF-8; null for an event without one, which the client spreads over the partitions.</summary>
    public static byte[]? Of(DataPlaneEvent payload)
    {
        var subject = EventSubject.IdOf(payload);
        return string.IsNullOrEmpty(subject) ? null : Encoding.UTF8.GetBytes(subject);
    }
}
