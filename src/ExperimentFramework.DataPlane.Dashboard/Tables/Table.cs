namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>A table that is shown on a page and can be exported.</summary>
/// <param name="Id">Its id in links.</param>
/// <param name="Title">Its caption.</param>
/// <param name="Columns">The columns.</param>
/// <param name="Rows">The rows, with a value for each column: text, a number, a time or null.</param>
internal sealed record Table(string Id, string Title, IReadOnlyList<TableColumn> Columns, IReadOnlyList<object?[]> Rows)
{
    /// <summary>The text if there are no rows.</summary>
    public string Empty { get; init; } = "None.";

    /// <summary>Whether its cells are updated individually while the page is open.</summary>
    public bool IsLive { get; init; }

    /// <summary>Returns the HTML of a cell by row and column; null for the plain text of its value.</summary>
    public Func<int, int, HtmlText?> Decorate { get; init; } = static (_, _) => null;
}

/// <summary>A column.</summary>
/// <param name="Key">Its name in exports.</param>
/// <param name="Header">Its heading, with the unit.</param>
/// <param name="Format">The format of its numbers: a .NET format, or one that starts with <see cref="SignificantDigits"/>; null for text and times.</param>
internal sealed record TableColumn(string Key, string Header, string? Format = null)
{
    /// <summary>The prefix of a format for significant digits.</summary>
    public const string SignificantDigits = "significant ";

    /// <summary>Whether it is included only in exports.</summary>
    public bool IsExportOnly { get; init; }

    /// <summary>Creates a column for numbers of any size, with this many significant digits.</summary>
    public static TableColumn Significant(string key, string header, int digits) => new(key, header, SignificantDigits + digits);

    public static TableColumn Count(string key, string header) => new(key, header, "N0");

    public static TableColumn Percent(string key, string header) => new(key, header, "0.00%");

    public bool IsNumber => Format is not null;
}
