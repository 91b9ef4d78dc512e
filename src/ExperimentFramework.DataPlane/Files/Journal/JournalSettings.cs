namespace ExperimentFramework.DataPlane;

/// <summary>How a journal writes.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="RollBytes">The size at which a file is finished.</param>
/// <param name="RollInterval">The time after which a file is finished.</param>
/// <param name="Durability">When lines count as written.</param>
/// <param name="Format">How an event is written.</param>
internal sealed record JournalSettings(JournalFolder Folder, long RollBytes, TimeSpan RollInterval, FileDurability Durability, EventFormat Format = EventFormat.Json);
