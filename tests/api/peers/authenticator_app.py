"""An authenticator app made with pyotp: reads the URI of a QR code and prints the code for a given time.

    python authenticator_app.py ADDRESS SECONDS_SINCE_1970
"""

import sys

import pyotp

app = pyotp.parse_uri(sys.argv[1])
print(app.at(int(sys.argv[2])))
print(app.issuer, app.name)
