namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>A column whose values have a fixed size.</summary>
/// <param name="name">The column's name.</param>
/// <param name="meaning">What the column says, for the metadata of the file.</param>
/// <param name="isOptional">Whether rows may have no value.</param>
internal abstract class FixedColumn<T>(string name, string meaning, bool isOptional) : Column(name, meaning)
    where T : unmanaged
{
    private BlockList<T> _values = new();
    private BlockList<bool> _isSet = new();

    /// <summary>The number of rows.</summary>
    public int Count => _values.Count;

    /// <summary>Whether rows may have no value.</summary>
    protected bool IsOptional => isOptional;

    /// <summary>The value; null if there is none.</summary>
    public T? this[int row] => IsSet(row) ? _values[row] : null;

    /// <summary>The value of a row that has one.</summary>
    public T ValueOf(int row) => _values[row];

    /// <summary>Adds a row.</summary>
    public void Add(T? value)
    {
        _values.Add(value.GetValueOrDefault(), Pool);
        AddFlags(value.HasValue, 1);
    }

    public override void Clear()
    {
        _values.Clear(Pool);
        _isSet.Clear(Pool);
    }

    /// <summary>Whether a row has a value.</summary>
    protected bool IsSet(int row) => !isOptional || _isSet[row];

    /// <summary>Adds a value without saying that its row has one, which <see cref="AddFlags"/> says for many rows at once.</summary>
    protected void AddValue(T value) => _values.Add(value, Pool);

    /// <summary>Adds rows without a value.</summary>
    protected void AddUnset(int rows)
    {
        _values.AddRepeated(default, rows, Pool);
        AddFlags(false, rows);
    }

    /// <summary>Says of the next rows whether they have a value.</summary>
    protected void AddFlags(bool isSet, int rows)
    {
        if (isOptional)
        {
            _isSet.AddRepeated(isSet, rows, Pool);
        }
    }
}
