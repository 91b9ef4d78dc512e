namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>A table that is shown on a page and can be exported.</summary>
/// <param name="Id">Its name in links.</param>
/// <param name="Title">Its caption.</param>
/// <param name="Columns">The columns.</param>
/// <param name="Rows">The rows: a value for each column, which is a text, a number, a time or null.</param>
internal sealed record Table(string Id, string Title, IReadOnlyList<TableColumn> Columns, IReadOnlyList<object?[]> Rows)
{
    /// <summary>What is shown if there are no rows.</summary>
    public string Empty { get; init; } = "None.";

    /// <summary>Whether its cells are updated one by one while the page is open.</summary>
    public bool IsLive { get; init; }

    /// <summary>Turns the value of a cell into more than its text, by row and column; null for the text.</summary>
    public Func<int, int, HtmlText?> Decorate { get; init; } = static (_, _) => null;
}

/// <summary>A column.</summary>
/// <param name="Key">Its name in exports.</param>
/// <param name="Header">Its heading, with the unit.</param>
/// <param name="Format">How its numbers are shown: a format of .NET, or one that begins with <see cref="SignificantDigits"/>; null for text and times.</param>
internal sealed record TableColumn(string Key, string Header, string? Format = null)
{
    /// <summary>Begins a format of significant digits.</summary>
    public const string SignificantDigits = "significant ";

    /// <summary>Whether it is in exports only.</summary>
    public bool IsExportOnly { get; init; }

    /// <summary>Numbers of any size, to this many significant digits.</summary>
    public static TableColumn Significant(string key, string header, int digits) => new(key, header, SignificantDigits + digits);

    public static TableColumn Count(string key, string header) => new(key, header, "N0");

    public static TableColumn Percent(string key, string header) => new(key, header, "0.00%");

    public bool IsNumber => Format is not null;
}
