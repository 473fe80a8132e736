using System.Collections.Immutable;

namespace Mesh;

/// <summary>The endpoints of a snapshot, for <c>foreach</c>; no allocation.</summary>
public readonly ref struct EndpointEnumerable
{
    private readonly ImmutableArray<ClusterContribution> _contributions;

    internal EndpointEnumerable(ImmutableArray<ClusterContribution> contributions) => _contributions = contributions;

    /// <summary>Starts at the first endpoint.</summary>
    public Enumerator GetEnumerator() => new(_contributions);

    /// <summary>The endpoints as an array. Allocates.</summary>
    public MeshEndpoint[] ToArray()
    {
        var list = new List<MeshEndpoint>();
        foreach (var endpoint in this)
        {
            list.Add(endpoint);
        }

        return list.ToArray();
    }

    /// <summary>Steps through the endpoints.</summary>
    public ref struct Enumerator
    {
        private readonly ImmutableArray<ClusterContribution> _contributions;
        private int _contribution;
        private int _segment;
        private int _index;

        internal Enumerator(ImmutableArray<ClusterContribution> contributions)
        {
            _contributions = contributions;
            _index = -1;
        }

        /// <summary>The endpoint it stands on.</summary>
        public readonly MeshEndpoint Current => _contributions[_contribution].Service.Segments[_segment][_index];

        /// <summary>Goes to the next endpoint; <see langword="false"/> at the end.</summary>
        public bool MoveNext()
        {
            _index++;
            while (_contribution < _contributions.Length)
            {
                var segments = _contributions[_contribution].Service.Segments;
                while (_segment < segments.Length)
                {
                    if (_index < segments[_segment].Count)
                    {
                        return true;
                    }

                    _segment++;
                    _index = 0;
                }

                _contribution++;
                _segment = 0;
            }

            return false;
        }
    }
}
