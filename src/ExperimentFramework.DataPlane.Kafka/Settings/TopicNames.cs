using System.Collections.Frozen;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>The topics that events go to.</summary>
/// <param name="topic">The topic, or the beginning of its name.</param>
/// <param name="isPerEventType">Whether each type of event has its own topic.</param>
internal sealed class TopicNames(string topic, bool isPerEventType)
{
    /// <summary>Kafka allows 249 characters; the name of an event type may follow.</summary>
    private const int MaxLength = 200;

    private readonly FrozenDictionary<DataPlaneEventType, string> _byType = Enum.GetValues<DataPlaneEventType>()
        .ToFrozenDictionary(type => type, type => isPerEventType ? $"{topic}.{Hyphenated(type.ToString())}" : topic);

    private readonly string _ofUnknown = isPerEventType ? topic + ".unknown" : topic;

    /// <summary>All topics.</summary>
    public IReadOnlyCollection<string> All { get; } = isPerEventType
        ? [.. Enum.GetValues<DataPlaneEventType>().Select(type => $"{topic}.{Hyphenated(type.ToString())}")]
        : [topic];

    /// <summary>Returns the topic of a type of event.</summary>
    public string Of(DataPlaneEventType eventType) => _byType.GetValueOrDefault(eventType, _ofUnknown);

    /// <summary>What is wrong with a topic's name, as the rest of a sentence; null if nothing is.</summary>
    public static string? Error(string? topic) =>
        string.IsNullOrEmpty(topic) ? "is empty; it must be the name of a topic."
        : topic is "." or ".." || topic.Length > MaxLength || topic.Any(character => !char.IsAsciiLetterOrDigit(character) && character is not ('.' or '_' or '-'))
            ? $"is '{topic}'; it must be 1 to {MaxLength} letters, digits, dots, underscores and hyphens of ASCII, and not only one or two dots."
        : null;

    /// <summary>The words of a name in lower case with hyphens between them: <c>analysis-signal</c>.</summary>
    private static string Hyphenated(string name) =>
        string.Concat(name.Select((character, index) => char.IsUpper(character) ? (index == 0 ? "" : "-") + char.ToLowerInvariant(character) : character.ToString()));
}
