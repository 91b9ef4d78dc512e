namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The addresses of pages about an experiment. Null if there is no such page.</summary>
internal interface IExperimentLinks
{
    /// <summary>The prefix of element ids, so that several experiments can be on one page.</summary>
    string IdPrefix { get; }

    /// <summary>The address of an experiment.</summary>
    string Detail(string experiment);

    /// <summary>The address of its charts as a table.</summary>
    string? Series(string experiment, string range);

    /// <summary>The address of its results, if its page does not have them.</summary>
    string? Results(string experiment);

    /// <summary>Whether looks at results are recorded there.</summary>
    bool KeepsLooks { get; }

    /// <summary>The address of one of its events.</summary>
    string? Event(string experiment, Guid id);

    /// <summary>The address of the exports of a table, to which the format is added.</summary>
    string? Export(string experiment, string table);
}
