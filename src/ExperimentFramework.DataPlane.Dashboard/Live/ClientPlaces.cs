namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Gives each client a number that no other one has: the lowest that is free, so that the numbers remain different and low however often clients reconnect. Not thread-safe.</summary>
internal sealed class ClientPlaces
{
    private readonly List<bool> _isTaken = [];

    /// <summary>Takes the lowest free place.</summary>
    public int Take()
    {
        var place = _isTaken.IndexOf(false);
        if (place < 0)
        {
            place = _isTaken.Count;
            _isTaken.Add(true);
        }

        _isTaken[place] = true;
        return place;
    }

    /// <summary>Frees a place.</summary>
    public void Release(int place) => _isTaken[place] = false;
}
